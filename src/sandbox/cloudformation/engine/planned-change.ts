export type Replacement = 'True' | 'False' | 'Conditional';
export type RequiresRecreation = 'Never' | 'Conditionally' | 'Always';

/** One difference behind a change, as DescribeChangeSet's `ResourceChangeDetail` words it. */
export interface ChangeDetail {
  readonly attribute: 'Properties' | 'Metadata' | 'Tags' | 'DeletionPolicy' | 'UpdateReplacePolicy';
  readonly name?: string;
  readonly requiresRecreation: RequiresRecreation;
  readonly evaluation: 'Static' | 'Dynamic';
  readonly changeSource:
    'DirectModification' | 'ParameterReference' | 'ResourceReference' | 'ResourceAttribute';
  readonly causingEntity?: string;
  readonly beforeValue?: string;
  readonly afterValue?: string;
}

/** What an operation will do to one resource. */
export interface PlannedChange {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Import';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string | undefined;
  readonly replacement: Replacement | undefined;
  readonly policyAction: string | undefined;
  readonly details: readonly ChangeDetail[];
  /** JSON of the properties before and after; NoEcho values are masked. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}
