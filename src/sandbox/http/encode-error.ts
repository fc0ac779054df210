import type { AwsError } from '../service.js';
import { encodeCbor } from './cbor.js';
import { escapeXml } from './encode-xml.js';
import type { AnswerFrame, WireAnswer } from './wire.js';

/** An error as AWS puts it on the wire in the protocol of the request. */
export function encodeError(error: AwsError, frame: AnswerFrame): WireAnswer {
  const headers: Record<string, string> = { 'x-amzn-requestid': frame.requestId };
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  if (frame.queryMode) headers['x-amzn-query-error'] = `${error.code};${type}`;
  switch (frame.wire) {
    case 'query':
      return xmlError(error, headers, queryError(error, type, frame));
    case 'ec2':
      return xmlError(error, headers, ec2Error(error, frame));
    case 'rest':
      return xmlError(error, { 'x-amz-request-id': frame.requestId }, restError(error, frame));
    case 'json':
      return {
        status: error.status,
        headers: { ...headers, 'content-type': frame.contentType },
        body: JSON.stringify({ __type: error.code, message: error.message }),
      };
    case 'cbor':
      return {
        status: error.status,
        headers: { ...headers, 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
        body: encodeCbor({ __type: error.code, message: error.message }),
      };
  }
}

function xmlError(error: AwsError, headers: Record<string, string>, body: string): WireAnswer {
  return {
    status: error.status,
    headers: { ...headers, 'content-type': 'text/xml;charset=UTF-8' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

function queryError(error: AwsError, type: string, { namespace, requestId }: AnswerFrame): string {
  const members = `<Type>${type}</Type>${codeAndMessage(error)}`;
  return `<ErrorResponse xmlns="${namespace}"><Error>${members}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function ec2Error(error: AwsError, { requestId }: AnswerFrame): string {
  return `<Response><Errors><Error>${codeAndMessage(error)}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
}

function restError(error: AwsError, { requestId }: AnswerFrame): string {
  return `<Error>${codeAndMessage(error)}<RequestId>${requestId}</RequestId></Error>`;
}

function codeAndMessage(error: AwsError): string {
  return `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
}
