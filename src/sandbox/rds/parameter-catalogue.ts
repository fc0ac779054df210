import type { ParameterGroup } from './resources.js';

/** One parameter of an engine, as PostgreSQL itself or RDS defines it. */
export interface ParameterDefinition {
  readonly name: string;
  readonly description: string;
  readonly applyType: 'static' | 'dynamic';
  readonly dataType: 'boolean' | 'integer' | 'float' | 'string';
  /** `0,1`, `low-high`, or undefined when anything goes. */
  readonly allowedValues: string | undefined;
  readonly isModifiable: boolean;
  /** What RDS sets where the user did not; undefined means the engine's own default. */
  readonly systemValue: string | undefined;
}

/** Read by PostgreSQL, but RDS keeps its hand on them. */
const fixed =
  /^(?:data_directory|config_file|hba_file|ident_file|external_pid_file|listen_addresses|port|bonjour.*|unix_socket.*|ssl|ssl_(?!min|max|ciphers).*|fsync|full_page_writes|wal_level|archive_.*|restore_command|recovery_.*|primary_.*|promote_.*|log_directory|log_file.*|log_destination|logging_collector|log_truncate.*|syslog.*|event_source|krb.*|dynamic_library_path|extension_control_path|local_preload_libraries|jit_provider|allow_.*|zero_damaged.*|ignore_.*|debug_.*|trace_.*|cluster_name|update_process_title|hot_standby|max_files_per_process|huge_pages.*)$/;

const dataTypes = {
  BOOLEAN: 'boolean',
  INTEGER: 'integer',
  REAL: 'float',
  STRING: 'string',
  ENUM: 'string',
} as const;

function isDataType(text: string | undefined): text is keyof typeof dataTypes {
  return text !== undefined && text in dataTypes;
}

/** RDS's own parameters ("Parameters on RDS for PostgreSQL", RDS User Guide). */
function rdsParameters(major: number, aurora: boolean): ParameterDefinition[] {
  const flag = (name: string, description: string, applyType: 'static' | 'dynamic', systemValue: string): ParameterDefinition => ({
    name, description, applyType, systemValue, dataType: 'boolean', allowedValues: '0,1', isModifiable: true,
  }); // prettier-ignore
  const text = (name: string, description: string): ParameterDefinition => ({
    name, description, applyType: 'dynamic', systemValue: undefined, dataType: 'string', allowedValues: undefined, isModifiable: true,
  }); // prettier-ignore
  return [
    flag('rds.force_ssl', 'Force SSL connections.', 'dynamic', major >= (aurora ? 17 : 15) ? '1' : '0'),
    flag('rds.logical_replication', 'Enables logical decoding.', 'static', '0'),
    flag(
      'rds.restrict_password_commands',
      'restricts password-related commands to members of rds_password',
      'static',
      '0',
    ),
    text('rds.allowed_extensions', 'List of extensions that may be created'),
    text('rds.allowed_delegated_extensions', 'List of extensions that rds_extension may create'),
    { ...text('rds.extensions', 'List of extensions provided by RDS'), isModifiable: false },
  ];
}

function parseLine(line: string): ParameterDefinition | undefined {
  const [name, context, , type, , low, high, description = ''] = line.split('\t');
  if (!name || !isDataType(type)) return undefined;
  return {
    name,
    description,
    applyType: context === 'postmaster' ? 'static' : 'dynamic',
    dataType: dataTypes[type],
    allowedValues: type === 'BOOLEAN' ? '0,1' : low && high ? `${low}-${high}` : undefined,
    isModifiable: !fixed.test(name),
    systemValue: name === 'shared_preload_libraries' ? 'pg_stat_statements' : undefined,
  };
}

/** The parameters of each group family, as the installed PostgreSQL describes them, in alphabetical order. */
export class ParameterCatalogue {
  readonly #families = new Map<string, Promise<ReadonlyMap<string, ParameterDefinition>>>();

  constructor(private readonly describeConfiguration: (major: number) => Promise<string>) {}

  /** @param family e.g. `postgres17`, `aurora-postgresql17` */
  async ofFamily(family: string): Promise<ReadonlyMap<string, ParameterDefinition>> {
    const known = this.#families.get(family) ?? this.#read(family);
    this.#families.set(family, known);
    return known;
  }

  /** Of a group: on Aurora RDS's own ones are parameters of the cluster. */
  async ofGroup({ family, level }: Pick<ParameterGroup, 'family' | 'level'>): Promise<ParameterDefinition[]> {
    const all = [...(await this.ofFamily(family)).values()];
    const isAuroraInstance = level === 'instance' && family.startsWith('aurora');
    return isAuroraInstance ? all.filter(({ name }) => !name.startsWith('rds.')) : all;
  }

  async #read(family: string): Promise<ReadonlyMap<string, ParameterDefinition>> {
    const major = Number(/\d+$/.exec(family)?.[0]);
    const described = (await this.describeConfiguration(major)).split('\n').map(parseLine);
    const all = [
      ...described.filter((one) => one !== undefined),
      ...rdsParameters(major, family.startsWith('aurora')),
    ];
    all.sort((one, other) => one.name.localeCompare(other.name));
    return new Map(all.map((one) => [one.name, one]));
  }
}
