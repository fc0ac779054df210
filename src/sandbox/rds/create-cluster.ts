import { optionalText } from '../services/read-input.js';
import type { Action } from '../service.js';
import { addCluster, requireRoomForCluster } from './add-cluster.js';
import { bringUpCluster } from './bring-up.js';
import { clusterView } from './cluster-view.js';
import { resolveVersion } from './engine-versions.js';
import { invalidValue } from './errors.js';
import { databaseName, masterPassword, masterUsername, newIdentifier, required } from './identifiers.js';
import { minutes } from './lifecycle.js';
import type { Rds } from './rds.js';
import { refuseUnsupported } from './refuse-unsupported.js';

/** Members of the request that the sandbox cannot do. */
export const unsupportedForClusters = [
  'ManageMasterUserPassword', 'ReplicationSourceIdentifier', 'GlobalClusterIdentifier', 'ScalingConfiguration', 'Domain',
  'EnableLimitlessDatabase', 'DBClusterInstanceClass', 'BacktrackWindow', 'EnableVPCNetworking', 'WithExpressConfiguration',
]; // prettier-ignore

/** CreateDBCluster: empty storage; a server starts with the first instance. */
export const createCluster =
  (rds: Rds): Action =>
  async (input) => {
    const identifier = newIdentifier(input, 'DBClusterIdentifier');
    requireRoomForCluster(rds, identifier);
    const engine = required(input, 'Engine');
    if (engine !== 'aurora-postgresql') throw invalidValue(`Invalid DB engine: ${engine}`);
    refuseUnsupported(input, unsupportedForClusters);
    const username = masterUsername(input);
    const password = masterPassword(input, 41);
    if (password === undefined)
      throw invalidValue('The parameter MasterUserPassword must be provided and must not be blank.');
    const database = databaseName(input, 'DatabaseName');
    const { majors } = await rds.runtime();
    const version = resolveVersion('aurora-postgresql', optionalText(input, 'EngineVersion'), majors);
    const cluster = await addCluster(rds, input, {
      identifier,
      version,
      masterUsername: username,
      databaseName: database,
    });
    bringUpCluster(rds, cluster, [['creating', minutes(1)]], () =>
      cluster.database.create({ username, password, database }),
    );
    return { DBCluster: clusterView(rds, cluster) };
  };
