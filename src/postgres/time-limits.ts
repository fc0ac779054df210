/** Limits that a role may have and that no client program sets off by itself; since PostgreSQL 14 and 17. */
const timeLimits = ['idle_session_timeout', 'transaction_timeout'];

/** SQL: those that the server knows. The view pg_settings would show all settings to find them, for every session anew. */
export const knownTimeLimits = `unnest(ARRAY['${timeLimits.join("', '")}']) name WHERE current_setting(name, true) IS NOT NULL`;
