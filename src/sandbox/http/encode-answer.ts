import { plainStruct } from '../plain-value.js';
import type { AwsStruct, AwsValue } from '../service.js';
import { encodeCbor } from './cbor.js';
import { encodeRest } from './encode-rest.js';
import { ec2Style, encodeXml, queryStyle } from './encode-xml.js';
import type { AnswerFrame, WireAnswer } from './wire.js';

/** An action's answer as HTTP 200 in the protocol of the request. */
export function encodeAnswer(output: AwsStruct, frame: AnswerFrame): WireAnswer {
  const headers = { 'x-amzn-requestid': frame.requestId };
  switch (frame.wire) {
    case 'query':
      return xmlAnswer(queryBody(output, frame), headers);
    case 'ec2':
      return xmlAnswer(ec2Body(output, frame), headers);
    case 'rest':
      return encodeRest(output, frame);
    case 'json':
      return {
        status: 200,
        headers: { ...headers, 'content-type': frame.contentType },
        body: JSON.stringify(epochDates(plainStruct(output))),
      };
    case 'cbor':
      return {
        status: 200,
        headers: { ...headers, 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
        body: encodeCbor(plainStruct(output)),
      };
  }
}

function xmlAnswer(body: string, headers: Record<string, string>): WireAnswer {
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'text/xml;charset=UTF-8' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

function queryBody(output: AwsStruct, { action, namespace, requestId }: AnswerFrame): string {
  const result = `<${action}Result>${encodeXml(output, queryStyle)}</${action}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${action}Response xmlns="${namespace}">${result}${metadata}</${action}Response>`;
}

function ec2Body(output: AwsStruct, { action, namespace, requestId, wireNames }: AnswerFrame): string {
  const members = encodeXml(output, ec2Style(wireNames));
  return `<${action}Response xmlns="${namespace}"><requestId>${requestId}</requestId>${members}</${action}Response>`;
}

/** AWS JSON carries a time as epoch seconds with a fraction. */
function epochDates(value: AwsValue): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map((item: AwsValue) => epochDates(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, epochDates(member as AwsValue)]),
  );
}
