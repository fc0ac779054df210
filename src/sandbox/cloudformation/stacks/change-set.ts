import type { PlannedChange } from '../engine/planned-change.js';
import type { StackSettings } from './stack.js';

export type ChangeSetType = 'CREATE' | 'UPDATE' | 'IMPORT';

export interface ImportTarget {
  readonly logicalId: string;
  readonly type: string;
  readonly identifier: Readonly<Record<string, string>>;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: ChangeSetType;
  readonly createdAt: Date;
  readonly description: string | undefined;
  readonly settings: StackSettings;
  readonly onStackFailure: string | undefined;
  readonly imports: readonly ImportTarget[];
  status: string;
  executionStatus: string;
  reason: string | undefined;
  changes: readonly PlannedChange[];
}
