/** What is known of the source by reading only; all sizes in bytes. */
export interface DatabaseMeasures {
  /** `pg_database_size` of the database that moves: tables, indexes and all. */
  readonly databaseBytes: number;
  /** The same of all databases of the server that the login may see: a snapshot takes them all. */
  readonly serverBytes: number;
  readonly tables: number;
  readonly indexes: number;
  readonly indexBytes: number;
  /** Indexes of pgvector (hnsw, ivfflat), which are built slowest; they are among `indexes` too. */
  readonly vectorIndexes: number;
  readonly vectorIndexBytes: number;
}

/** What RDS says of the source. */
export interface InstanceMeasures {
  readonly instanceClass: string;
  readonly multiAz: boolean;
  readonly allocatedGiB: number;
  readonly storageType: string | undefined;
}

export type Range = readonly [low: number, high: number];
