import { join } from 'node:path'
import { CodedError } from '@swipestream/platform'

/** Where in the files something is wrong. */
export interface Place {
  readonly file: string
  /** In the file, from 1. */
  readonly line?: number | undefined
  /** Of a catalogue. */
  readonly key?: string | undefined
}

/**
 * Texts that cannot be used: says in which file, where, and what to do. What a library said of it is part of the message,
 * and a cause only where its stack tells more.
 */
export class TemplateInvalid extends CodedError {
  override readonly name = 'TemplateInvalid'

  constructor(
    readonly place: Place,
    readonly problem: string,
    options?: { cause?: unknown },
  ) {
    const { file, line, key } = place
    super('NOTIFY_TEMPLATE_INVALID', 'fatal', `${file}${line === undefined ? '' : `:${line}`}${key === undefined ? '' : ` "${key}"`}: ${problem}`, options)
  }

  /** The same, with the directory that the file is in. */
  within(directory: string): TemplateInvalid {
    return new TemplateInvalid({ ...this.place, file: join(directory, this.place.file) }, this.problem, { cause: this.cause })
  }
}
