import { type Notification, notifications } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'

/**
 * Headers of an event about a message: its id is made of what it tells, so that the same step told twice is recognised;
 * it belongs to the trace of the alert.
 *
 * @param traceparent W3C trace context of what caused the step
 */
export function eventHeaders(messageId: string, traceparent: string | null): Record<string, string> {
  return { 'message-id': messageId, ...(traceparent !== null && { traceparent }) }
}

/** The event of a step of a message. @param traceparent of the alert */
export function stepEvent(step: Notification, traceparent: string | null): Outgoing {
  return notifications.event(step, eventHeaders(`${step.notification_id}-${step.status}`, traceparent))
}
