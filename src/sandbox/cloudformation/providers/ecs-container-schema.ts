import { all, boolean, integer, list, map, object, text, words } from './schema.js';

const pair = list(object({ Name: text, Value: text }));
const secrets = list(object({ Name: text, ValueFrom: text }, ['Name', 'ValueFrom']));

/** `ContainerDefinition` of AWS::ECS::TaskDefinition. */
export const containerSchema = object(
  {
    ...all(text, words('Image Name Hostname User WorkingDirectory')),
    ...all(integer, words('Cpu Memory MemoryReservation StartTimeout StopTimeout')),
    ...all(
      boolean,
      words('DisableNetworking Essential Interactive Privileged PseudoTerminal ReadonlyRootFilesystem'),
    ),
    ...all(list(text), words('Command EntryPoint DnsServers DnsSearchDomains Links')),
    DependsOn: list(object({ Condition: text, ContainerName: text })),
    DockerLabels: map,
    Environment: pair,
    HealthCheck: object({
      Command: list(text),
      Interval: integer,
      Retries: integer,
      StartPeriod: integer,
      Timeout: integer,
    }),
    LogConfiguration: object({ LogDriver: text, Options: map, SecretOptions: secrets }, ['LogDriver']),
    MountPoints: list(object({ ContainerPath: text, ReadOnly: boolean, SourceVolume: text })),
    PortMappings: list(
      object({ AppProtocol: text, ContainerPort: integer, HostPort: integer, Name: text, Protocol: text }),
    ),
    Secrets: secrets,
    Ulimits: list(
      object({ HardLimit: integer, Name: text, SoftLimit: integer }, ['HardLimit', 'Name', 'SoftLimit']),
    ),
  },
  ['Name', 'Image'],
);
