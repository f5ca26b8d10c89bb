import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, type Sampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'

/** The values of OTEL_TRACES_SAMPLER that are known here. https://opentelemetry.io/docs/languages/sdk-configuration/general/#otel_traces_sampler */
export const samplerNames = ['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio', 'always_on', 'always_off', 'traceidratio'] as const

/** Which traces are recorded. */
export interface Sampling {
  readonly sampler: (typeof samplerNames)[number]
  /** The share of traces that the ratio samplers record, 0 to 1. */
  readonly ratio: number
}

/** Those that are `parentbased` do as whoever began the trace decided; the others ask nobody. */
export function samplerOf({ sampler, ratio }: Sampling): Sampler {
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio)
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() })
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() })
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
  }
}
