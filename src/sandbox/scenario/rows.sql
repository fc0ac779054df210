-- Rows that are the same on every machine for the same ${seed}: hashes stand in for random numbers.
-- ${documents}, ${chunks}, ${conversations}, ${messages} and ${dimensions} are filled in by data-set.ts.
CREATE FUNCTION pg_temp.dice(n bigint, salt integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT abs(hashint8extended(n * 1000003 + salt, ${seed}) % 1000003)
$$;
CREATE FUNCTION pg_temp.words(n bigint, how_many integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg((ARRAY['aurora', 'cluster', 'vector', 'index', 'retrieval', 'snapshot', 'naïve', 'größe', '東京',
    'embedding', 'postgres', 'answer', 'question', 'serverless', 'capacity', 'chunk', '"quoted"', 'back\slash'
  ])[1 + pg_temp.dice(n, w) % 18], ' ' ORDER BY w) FROM generate_series(1, how_many) AS w
$$;

INSERT INTO documents (title, metadata, tags, quality, digest, original, created_at)
SELECT 'Document ' || n || ': ' || pg_temp.words(n, 3),
  jsonb_build_object('source', 's3://corpus/' || n, 'pages', pg_temp.dice(n, 1) % 90, 'draft', n % 7 = 0),
  ARRAY['tag' || n % 5, 'tag' || n % 3],
  CASE WHEN n % 11 = 0 THEN NULL ELSE pg_temp.dice(n, 2) % 10000 / 100.0 END,
  sha256(n::text::bytea),
  CASE WHEN n <= 5 THEN lo_from_bytea(0, convert_to(repeat(pg_temp.words(n, 200) || E'\n', 40), 'UTF8')) END,
  '2026-01-01 00:00+00'::timestamptz + n * interval '7 minutes'
FROM generate_series(1, ${documents}) AS n ORDER BY n;

INSERT INTO chunks (document_id, position, content, embedding)
SELECT 1 + (n - 1) % ${documents}, (n - 1) / ${documents}, pg_temp.words(n, 40),
  (SELECT array_agg((pg_temp.dice(n, 100 + d) - 500000) / 500000.0::real ORDER BY d)
   FROM generate_series(1, ${dimensions}) AS d)::vector
FROM generate_series(1, ${chunks}) AS n ORDER BY n;

INSERT INTO conversations (id, title, created_at, updated_at)
SELECT md5('conversation' || n)::uuid, pg_temp.words(n, 4), at, at
FROM (SELECT n, '2026-02-01 00:00+00'::timestamptz + n * interval '11 minutes' AS at
      FROM generate_series(1, ${conversations}) AS n) AS numbered;

INSERT INTO messages (conversation_id, role, content, created_at)
SELECT md5('conversation' || 1 + n % ${conversations})::uuid,
  (ARRAY['user', 'assistant']::message_role[])[1 + n % 2],
  CASE WHEN n % 97 = 0 THEN '' ELSE pg_temp.words(n, 12) END,
  '2026-02-01 00:00+00'::timestamptz + n * interval '37 seconds'
FROM generate_series(1, ${messages}) AS n ORDER BY n;

INSERT INTO analytics.events (kind, payload, at)
SELECT (ARRAY['search', 'open', 'rate'])[1 + n % 3], jsonb_build_object('n', n, 'score', pg_temp.dice(n, 3) / 7.0),
  '2026-01-01 00:00+00'::timestamptz + n * interval '5 hours'
FROM generate_series(1, ${messages} / 2) AS n ORDER BY n;

CREATE INDEX chunks_embedding_idx ON chunks USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 64);
CREATE INDEX chunks_search_idx ON chunks USING gin (search);
REFRESH MATERIALIZED VIEW analytics.document_statistics;
SELECT nextval('document_number_seq') FROM generate_series(1, 3);
