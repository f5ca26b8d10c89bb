import { Problem } from '@swipestream/platform'

/** Error answers of the silences. */

export const silenceNotFound = (): Problem =>
  new Problem({ status: 404, code: 'SILENCE_NOT_FOUND', title: 'There is no such silence', detail: 'there is no silence of this id' })
