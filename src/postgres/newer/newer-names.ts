/** What a major version brought: names, apart by blanks. */
export type NamesByMajor = Readonly<Record<number, string>>;

/**
 * Functions of pg_catalog that a user may call, by the first major version that has them; names that had functions before
 * are not here. Sources: pg_proc of 15 and 17 held against one another, and the release notes of 16, 17 and 18.
 */
export const newFunctions: NamesByMajor = {
  16: `any_value array_sample array_shuffle date_add date_subtract erf erfc pg_input_error_info pg_input_is_valid
    pg_log_standby_snapshot pg_split_walfile_name random_normal pg_stat_get_io`,
  17: `icu_unicode_version jsonb_populate_record_valid merge_action pg_available_wal_summaries pg_basetype
    pg_column_toast_chunk_id pg_get_wait_events pg_get_wal_summarizer_state pg_wal_summary_contents to_bin to_oct
    to_regtypemod unicode_assigned unicode_version uuid_extract_timestamp uuid_extract_version xmltext`,
  18: `array_reverse array_sort casefold crc32 crc32c gamma has_largeobject_privilege lgamma pg_get_acl
    pg_numa_available uuidv4 uuidv7`,
};

/** Views of pg_catalog, by the first major version that has them. */
export const newRelations: NamesByMajor = {
  16: 'pg_stat_io',
  17: 'pg_stat_checkpointer pg_wait_events',
  18: 'pg_aios pg_shmem_allocations_numa',
};

/** Parameters that a database, a role or a function may set, by the first major version that knows them. */
export const newSettings: NamesByMajor = {
  16: `createrole_self_grant debug_parallel_query enable_presorted_aggregate gss_accept_delegation icu_validation_level
    max_parallel_apply_workers_per_subscription reserved_connections scram_iterations vacuum_buffer_usage_limit`,
  17: `allow_alter_system enable_group_by_reordering event_triggers io_combine_limit summarize_wal
    sync_replication_slots synchronized_standby_slots transaction_timeout`,
  18: `enable_distinct_reordering enable_self_join_elimination file_copy_method idle_replication_slot_timeout io_method
    log_lock_failures md5_password_warnings track_cost_delay_timing vacuum_max_eager_freeze_failure_rate vacuum_truncate`,
};

/** Roles that PostgreSQL itself has, by the first major version that has them. */
export const newRoles: NamesByMajor = {
  15: 'pg_checkpoint',
  16: 'pg_create_subscription pg_use_reserved_connections',
  17: 'pg_maintain',
  18: 'pg_signal_autovacuum_worker',
};

/** What a server of `major` lacks. */
export function namesAfter(names: NamesByMajor, major: number): string[] {
  return Object.entries(names)
    .filter(([since]) => Number(since) > major)
    .flatMap(([, list]) => list.split(/\s+/));
}
