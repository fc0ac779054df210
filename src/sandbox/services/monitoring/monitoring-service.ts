import type { Measure, SandboxContext, Service } from '../../service.js';
import { alarmActions } from './alarms.js';
import { MetricStore } from './metric-store.js';
import { putMetricData } from './put-metric-data.js';
import { getMetricData, getMetricStatistics, listMetrics } from './read-metric.js';

/** AWS milliseconds between two samples, and the shortest real time between them. */
const sampleMs = 60_000;
const shortestSampleMs = 5_000;

/**
 * Amazon CloudWatch: metrics and alarms. What the other services measure (`Service.metrics`) is sampled once a minute of
 * AWS time, but no more than once in five seconds of real time.
 */
export function createMonitoringService(context: SandboxContext, sources: () => readonly Service[]): Service {
  const store = new MetricStore();
  const { clock } = context;
  let isSampling = false;
  const timer = setInterval(
    () => {
      if (isSampling) return;
      isSampling = true;
      void sample(store, sources(), context).finally(() => {
        isSampling = false;
      });
    },
    Math.max(shortestSampleMs, sampleMs / clock.speed),
  ).unref();
  return {
    name: 'monitoring',
    protocol: 'cbor',
    namespace: 'GraniteServiceVersion20100801',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    actions: {
      PutMetricData: (input) => putMetricData(store, input, clock.now()),
      GetMetricData: (input) => getMetricData(store, input),
      GetMetricStatistics: (input) => getMetricStatistics(store, input),
      ListMetrics: (input) => listMetrics(store, input),
      ...alarmActions(context, store),
    },
    stop: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

async function sample(
  store: MetricStore,
  services: readonly Service[],
  context: SandboxContext,
): Promise<void> {
  const at = context.clock.now().getTime();
  for (const service of services) {
    for (const measure of await measuresOf(service, context)) store.sample(measure, at);
  }
}

async function measuresOf(service: Service, context: SandboxContext): Promise<readonly Measure[]> {
  try {
    return (await service.metrics?.()) ?? [];
  } catch (error) {
    context.log(`no metrics of ${service.name}: ${String(error)}`);
    return [];
  }
}
