#!/usr/bin/env node
import module from 'node:module';

// The SDK's advice about Node.js is for those who maintain this tool, not for those who use it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// Node.js 22 and later keep what they have compiled: most of a short command's time is loading.
module.enableCompileCache?.();

const { execute } = await import('@oclif/core');
await execute({ dir: import.meta.url });
