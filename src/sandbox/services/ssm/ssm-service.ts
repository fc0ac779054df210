import type { AwsStruct, SandboxContext, Service } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalFlag, optionalText, requiredText, structs, texts } from '../read-input.js';
import { mergeTags, readTags, writeTags } from '../tags.js';
import { ParameterStore, sealed, type Parameter } from './parameter-store.js';

const pages = { size: 'MaxResults', token: 'NextToken', defaultSize: 50, badToken: 'InvalidNextToken' };

/** AWS Systems Manager, as far as Parameter Store goes. */
export function createSsmService(context: SandboxContext): Service {
  const store = new ParameterStore(context);
  return {
    name: 'ssm',
    protocol: 'json',
    namespace: 'AmazonSSM',
    actions: {
      PutParameter: (input) => {
        const { version, tier } = store.put(input);
        return { Version: version, Tier: tier };
      },
      GetParameter: (input) => ({
        Parameter: shape(store, store.get(requiredText(input, 'Name')), input),
      }),
      GetParameters: (input) => getParameters(store, input),
      GetParametersByPath: (input) => getByPath(store, input),
      DescribeParameters: (input) => describeParameters(store, input),
      DeleteParameter: (input) => {
        store.parameters.delete(store.get(requiredText(input, 'Name')).name);
        return {};
      },
      DeleteParameters: (input) => deleteParameters(store, input),
      AddTagsToResource: (input) => {
        mergeTags(store.get(requiredText(input, 'ResourceId')).tags, readTags(input));
        return {};
      },
      RemoveTagsFromResource: (input) => {
        const { tags } = store.get(requiredText(input, 'ResourceId'));
        for (const key of texts(input, 'TagKeys')) tags.delete(key);
        return {};
      },
      ListTagsForResource: (input) => ({
        TagList: writeTags(store.get(requiredText(input, 'ResourceId')).tags),
      }),
    },
  };
}

function shape(store: ParameterStore, parameter: Parameter, input: AwsStruct): AwsStruct {
  const { name, type, value, version, modified, dataType } = parameter;
  const hidden = type === 'SecureString' && optionalFlag(input, 'WithDecryption') !== true;
  return {
    Name: name,
    Type: type,
    Value: hidden ? sealed(value) : value,
    Version: version,
    LastModifiedDate: modified,
    ARN: store.arn(name),
    DataType: dataType,
  };
}

function getParameters(store: ParameterStore, input: AwsStruct): AwsStruct {
  const names = texts(input, 'Names');
  const found = names.map((name) => store.find(name)).filter((parameter) => parameter !== undefined);
  return {
    Parameters: found.map((parameter) => shape(store, parameter, input)),
    InvalidParameters: names.filter((name) => store.find(name) === undefined),
  };
}

function getByPath(store: ParameterStore, input: AwsStruct): AwsStruct {
  const path = requiredText(input, 'Path').replace(/\/*$/, '/');
  const deep = optionalFlag(input, 'Recursive') ?? false;
  const below = [...store.parameters.values()].filter(
    ({ name }) => name.startsWith(path) && (deep || !name.slice(path.length).includes('/')),
  );
  const { items, next } = paginate(below, input, { ...pages, defaultSize: 10 });
  return { Parameters: items.map((parameter) => shape(store, parameter, input)), NextToken: next };
}

function describeParameters(store: ParameterStore, input: AwsStruct): AwsStruct {
  const filters = structs(input, 'ParameterFilters');
  const found = [...store.parameters.values()].filter((parameter) =>
    filters.every((filter) => passes(parameter, filter)),
  );
  const { items, next } = paginate(found, input, pages);
  return { Parameters: items.map((parameter) => metadata(store, parameter)), NextToken: next };
}

function passes(parameter: Parameter, filter: AwsStruct): boolean {
  const text = { Name: parameter.name, Type: parameter.type }[optionalText(filter, 'Key') ?? ''] ?? '';
  const begins = optionalText(filter, 'Option') === 'BeginsWith';
  return texts(filter, 'Values').some((value) => (begins ? text.startsWith(value) : text === value));
}

function metadata(store: ParameterStore, parameter: Parameter): AwsStruct {
  const { name, type, version, modified, description, tier, dataType } = parameter;
  return {
    Name: name,
    ARN: store.arn(name),
    Type: type,
    Version: version,
    LastModifiedDate: modified,
    Description: description,
    Tier: tier,
    DataType: dataType,
    Policies: [],
  };
}

function deleteParameters(store: ParameterStore, input: AwsStruct): AwsStruct {
  const names = texts(input, 'Names');
  const DeletedParameters = names.filter((name) => store.parameters.delete(name));
  return { DeletedParameters, InvalidParameters: names.filter((name) => !DeletedParameters.includes(name)) };
}
