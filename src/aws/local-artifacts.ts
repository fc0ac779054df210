import { isMap, isScalar, visit, type Node } from 'yaml';
import { parseTemplate } from './stack-template.js';

/** A place in a template that names a file of this machine, which CloudFormation cannot read. */
export interface LocalArtifact {
  /** `Handler.Code`, or `AWS::Include`. */
  readonly where: string;
  readonly path: string;
}

/** What `aws cloudformation package` uploads. Source: "package" in the AWS CLI Command Reference, cloudformation. */
const packaged: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'AWS::ApiGateway::RestApi': [['BodyS3Location']],
  'AWS::AppSync::GraphQLSchema': [['DefinitionS3Location']],
  'AWS::AppSync::Resolver': [['RequestMappingTemplateS3Location'], ['ResponseMappingTemplateS3Location']],
  'AWS::AppSync::FunctionConfiguration': [
    ['RequestMappingTemplateS3Location'],
    ['ResponseMappingTemplateS3Location'],
  ],
  'AWS::CloudFormation::Stack': [['TemplateURL']],
  'AWS::CodeCommit::Repository': [['Code', 'S3']],
  'AWS::ElasticBeanstalk::ApplicationVersion': [['SourceBundle']],
  'AWS::Glue::Job': [['Command', 'ScriptLocation']],
  'AWS::Lambda::Function': [['Code']],
  'AWS::Lambda::LayerVersion': [['Content']],
  'AWS::Serverless::Api': [['DefinitionUri']],
  'AWS::Serverless::Application': [['Location']],
  'AWS::Serverless::Function': [['CodeUri']],
  'AWS::Serverless::HttpApi': [['DefinitionUri']],
  'AWS::Serverless::LayerVersion': [['ContentUri']],
  'AWS::Serverless::StateMachine': [['DefinitionUri']],
  'AWS::StepFunctions::StateMachine': [['DefinitionS3Location']],
};

/** What `aws cloudformation package`, or a build, has to replace before the template can be deployed. */
export function findLocalArtifacts(text: string): readonly LocalArtifact[] {
  const document = parseTemplate(text);
  const resources = document.get('Resources');
  const found: LocalArtifact[] = [];
  const look = (where: string, node: unknown): void => {
    const path = localPath(node);
    if (path !== undefined) found.push({ where, path });
  };
  for (const { key, value } of isMap(resources) ? resources.items : [])
    if (isScalar(key) && isMap(value))
      for (const property of packaged[String(value.get('Type'))] ?? [])
        look([key.value, ...property].join('.'), value.getIn(['Properties', ...property], true));
  visit(document, {
    Map: (_key, map) => {
      if (map.get('Name') === 'AWS::Include')
        look('AWS::Include', map.getIn(['Parameters', 'Location'], true));
    },
  });
  return found;
}

/** Plain text that is no address; what a function makes is not known here. */
function localPath(node: unknown): string | undefined {
  if (!isScalar(node) || typeof node.value !== 'string') return undefined;
  const isFunction = (node as Node).tag?.startsWith('!') === true;
  return isFunction || /^(https?|s3):\/\//.test(node.value) ? undefined : node.value;
}
