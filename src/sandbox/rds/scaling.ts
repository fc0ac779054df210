import { optionalStruct, optionalText } from '../services/read-input.js';
import type { AwsStruct } from '../service.js';
import { serverlessRange } from './engine-versions.js';
import { invalidCombination, invalidValue } from './errors.js';
import type { Scaling } from './resources.js';

/**
 * `ServerlessV2ScalingConfiguration`, or undefined when the request has none. Half steps between what the version allows,
 * at least 1 ACU at most, auto-pause after 300 to 86400 s and only from 0 (Aurora User Guide, "Using Aurora Serverless v2").
 */
export function readScaling(input: AwsStruct, engineVersion: string, current?: Scaling): Scaling | undefined {
  const given = optionalStruct(input, 'ServerlessV2ScalingConfiguration');
  if (!given) return current;
  const minCapacity = Number(optionalText(given, 'MinCapacity') ?? current?.minCapacity ?? NaN);
  const maxCapacity = Number(optionalText(given, 'MaxCapacity') ?? current?.maxCapacity ?? NaN);
  if (Number.isNaN(minCapacity) || Number.isNaN(maxCapacity)) {
    throw invalidCombination(
      'Both MinCapacity and MaxCapacity must be provided in ServerlessV2ScalingConfiguration.',
    );
  }
  const range = serverlessRange(engineVersion);
  if (!range)
    throw invalidCombination(`The Aurora engine version ${engineVersion} does not support Serverless v2.`);
  const fits = (units: number): boolean =>
    units >= range.min && units <= range.max && Number.isInteger(units * 2);
  if (!fits(minCapacity) || !fits(maxCapacity) || maxCapacity < 1 || maxCapacity < minCapacity) {
    throw invalidValue(
      `Serverless v2 capacity ${minCapacity} to ${maxCapacity} is not valid: use half steps from ${range.min} to ${range.max} ` +
        'with a maximum of at least 1 and not below the minimum.',
    );
  }
  return { minCapacity, maxCapacity, secondsUntilAutoPause: readPause(given, minCapacity, current) };
}

function readPause(given: AwsStruct, minCapacity: number, current: Scaling | undefined): number | undefined {
  const asked = optionalText(given, 'SecondsUntilAutoPause');
  if (minCapacity > 0) {
    if (asked !== undefined)
      throw invalidCombination('SecondsUntilAutoPause can only be set when MinCapacity is 0.');
    return undefined;
  }
  const seconds = Number(asked ?? current?.secondsUntilAutoPause ?? 300);
  if (!(seconds >= 300 && seconds <= 86_400)) {
    throw invalidValue(`Invalid value ${asked} for SecondsUntilAutoPause. Must be between 300 and 86400`);
  }
  return seconds;
}
