import { Detector } from '../detector.js'
import type { IncidentCode, IncidentEvent } from '../incident.js'
import { type IncidentKind, type Label, Traffic, type TrafficOptions } from './traffic.js'

/** What says that an incident was found. A partial failure may show in one route first. */
const found: Readonly<Record<IncidentKind, IncidentCode>> = {
  outage: 'LOG_ERROR_RATE',
  partial: 'LOG_ERROR_RATE',
  route: 'LOG_ERROR_RATE',
  slow: 'LOG_LATENCY',
  silence: 'LOG_SILENCE',
  'new-error': 'LOG_NEW_ERROR',
}

/** What opens within so many seconds after an incident belongs to it still. */
const afterwards = 60

export interface KindQuality {
  readonly incidents: number
  readonly found: number
  /** Seconds from the first bad request to the alert; null when none was found. */
  readonly detectP50: number | null
  readonly detectMax: number | null
  /** Of those found, how many were told to be over, within five minutes after (a new error: within fifteen). */
  readonly resolved: number
}

export interface DetectionQuality {
  readonly days: number
  readonly requests: number
  readonly kinds: Readonly<Record<IncidentKind, KindQuality>>
  readonly falseAlarms: number
  readonly falseAlarmsADay: number
  /** Alerts that were opened in incidents beyond the first of each. */
  readonly repeated: number
}

/** Runs detection over synthetic traffic whose incidents are known. */
export function detectionQuality(options: TrafficOptions): DetectionQuality & { readonly events: readonly IncidentEvent[] } {
  const traffic = new Traffic(options)
  const detector = new Detector()
  const events: IncidentEvent[] = []
  let requests = 0
  const tick = (second: number) => events.push(...detector.tick(second * 1000))
  for (const observation of traffic.observations(tick)) {
    requests++
    events.push(...detector.observe(observation, observation.at))
  }
  return { ...scored(traffic.labels, events), days: options.days, requests, events }
}

function scored(labels: readonly Label[], events: readonly IncidentEvent[]): Omit<DetectionQuality, 'days' | 'requests'> {
  const opened = events.filter(({ state }) => state === 'opened')
  const kinds: Partial<Record<IncidentKind, KindQuality>> = {}
  let belonging = 0
  let hits = 0
  for (const kind of Object.keys(found) as IncidentKind[]) {
    const delays: number[] = []
    let resolved = 0
    const ofKind = labels.filter((label) => label.kind === kind)
    for (const { from, to } of ofKind) {
      const during = opened.filter(({ at }) => at / 1000 >= from && at / 1000 <= to + afterwards)
      belonging += during.length
      const first = during.find(({ code }) => code === found[kind])
      if (first === undefined) continue
      hits++
      delays.push(first.at / 1000 - from)
      const patience = kind === 'new-error' ? 900 : 300
      if (events.some(({ state, code, subject, at }) => state === 'resolved' && code === first.code && subject === first.subject && at > first.at && at / 1000 <= to + patience)) resolved++
    }
    delays.sort((a, b) => a - b)
    kinds[kind] = { incidents: ofKind.length, found: delays.length, detectP50: delays[Math.floor(delays.length / 2)] ?? null, detectMax: delays.at(-1) ?? null, resolved }
  }
  const days = labels.length === 0 ? 1 : Math.max(1, ((labels.at(-1)?.to ?? 0) - (labels[0]?.from ?? 0)) / 86_400)
  const falseAlarms = opened.length - belonging
  return { kinds: kinds as Record<IncidentKind, KindQuality>, falseAlarms, falseAlarmsADay: falseAlarms / days, repeated: belonging - hits }
}
