import { formatDuration } from '../duration.js'
import { isOnEarth } from '../geo.js'
import type { Rule } from '../rule.js'
import { isPossible, legTo, MAX_SPEED_KMH, SAME_PLACE_KM } from '../travel.js'

export interface ImpossibleTravelOptions {
  /** Fastest believable journey, in km/h. */
  maxSpeedKmh?: number
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals))

/**
 * Fires when nobody can have travelled from the card's last known place to this one in the time between the two
 * events. Places nearer than `SAME_PLACE_KM` never fire. Without a place (e-commerce) it does not fire and notes
 * `no_place`; for the first place of a card, `no_earlier_place`.
 *
 * Out-of-order events are judged too, by the time between the two (see `legTo`).
 */
export function impossibleTravel({ maxSpeedKmh = MAX_SPEED_KMH }: ImpossibleTravelOptions = {}): Rule {
  return {
    id: 'impossible_travel',
    version: 1,
    weight: 850,
    evaluate(tx, profile) {
      if (tx.place === null) return { notes: ['no_place'] }
      if (!isOnEarth(tx.place)) throw new RangeError('the place is outside latitude -90 to 90, longitude -180 to 180')
      const leg = legTo(tx, profile)
      if (leg === undefined) return { notes: ['no_earlier_place'] }
      if (isPossible(leg, maxSpeedKmh)) return {}

      const where = tx.country === null ? '' : `in ${tx.country} `
      const when = leg.late ? 'before' : 'after'
      return {
        fired: {
          text:
            `Used ${where}${whole.format(leg.distanceKm)} km from the card's last place, ` +
            `${formatDuration(leg.elapsedS)} ${when} it: ${whole.format(leg.speedKmh)} km/h, ` +
            `faster than the ${whole.format(maxSpeedKmh)} km/h of any journey.`,
          evidence: [
            { name: 'distance', value: rounded(leg.distanceKm, 3), unit: 'km' },
            { name: 'elapsed', value: leg.elapsedS, unit: 's' },
            { name: 'speed', value: rounded(leg.speedKmh, 1), unit: 'km/h' },
            { name: 'speed_limit', value: maxSpeedKmh, unit: 'km/h' },
            { name: 'distance_limit', value: SAME_PLACE_KM, unit: 'km' },
            { name: 'event_order', value: leg.late ? 'late' : 'in_order', unit: null },
          ],
        },
      }
    },
  }
}
