import { describe, expect, it } from 'vitest';
import { findLocalArtifacts } from '../../src/aws/local-artifacts.js';

describe('what has to be packaged before a template can be deployed', () => {
  it('is every file of this machine that it names, in YAML', () => {
    const template = `Resources:
  Handler:
    Type: AWS::Lambda::Function
    Properties:
      Code: ./build/handler
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.yaml}
  Extract:
    Type: AWS::Glue::Job
    Properties:
      Command: {Name: glueetl, ScriptLocation: jobs/extract.py}
  Events:
    Fn::Transform: {Name: AWS::Include, Parameters: {Location: events.yaml}}
`;
    expect(findLocalArtifacts(template)).toEqual([
      { where: 'Handler.Code', path: './build/handler' },
      { where: 'Child.TemplateURL', path: 'child.yaml' },
      { where: 'Extract.Command.ScriptLocation', path: 'jobs/extract.py' },
      { where: 'AWS::Include', path: 'events.yaml' },
    ]);
  });

  it('and in JSON', () => {
    const Function = { Type: 'AWS::Serverless::Function', Properties: { CodeUri: 'src/' } };
    expect(findLocalArtifacts(JSON.stringify({ Resources: { Function } }))).toEqual([
      { where: 'Function.CodeUri', path: 'src/' },
    ]);
  });

  it('is nothing in a template that was packaged, or that says by functions where it is', () => {
    const template = `Resources:
  Packaged:
    Type: AWS::Lambda::Function
    Properties:
      Code: {S3Bucket: artifacts, S3Key: 0a1b}
  Inline:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: 'exports.handler = () => {}'}
  Uploaded:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: 's3://artifacts/0a1b'}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: 'https://s3.amazonaws.com/artifacts/child.yaml'}
  Other:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: !Sub '\${Bucket}/child.yaml'}
  Third:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: {'Fn::Sub': '\${Bucket}/child.yaml'}}
`;
    expect(findLocalArtifacts(template)).toEqual([]);
  });
});
