#!/usr/bin/env node
import { execute } from '@oclif/core';

// The SDK's advice about Node.js is for those who maintain this tool, not for those who use it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

await execute({ dir: import.meta.url });
