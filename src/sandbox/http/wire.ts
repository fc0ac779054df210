/** The protocols of AWS that the sandbox speaks; `rest` is that of S3: REST with XML. */
export type Wire = 'query' | 'ec2' | 'json' | 'cbor' | 'rest';

/** An HTTP answer, ready to be written. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What is needed to write an answer in the protocol that the request was made in. */
export interface AnswerFrame {
  readonly wire: Wire;
  readonly action: string;
  /** XML namespace of the service; unused by JSON and CBOR. */
  readonly namespace: string;
  readonly requestId: string;
  /** Content type of the request, echoed by JSON services. */
  readonly contentType: string;
  /** True when the caller asked for the error code of the old query protocol too (`x-amzn-query-mode`). */
  readonly queryMode: boolean;
  readonly wireNames: Readonly<Record<string, string>>;
}
