import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common'
import { type Logger, toError } from '@swipestream/platform'
import type { Addressee, EmailText, InboxText, Texts, ToTell } from '../../domain/to-tell.js'
import { TemplateInvalid } from './invalid.js'
import type { Language, Languages } from './language.js'
import { isText, loadTexts, shippedDirectory } from './load.js'
import type { RenderedTexts } from './rendered.js'

export interface TemplateStoreOptions {
  /** Texts of one's own; those that are shipped when undefined. */
  readonly directory?: string | undefined
  readonly logger: Logger
  /** How often the files are looked at, in milliseconds. */
  readonly pollMs?: number
}

/** Who wants to know whether the files can be used. */
export interface TemplateListener {
  /** The files have changed and cannot be taken, or a message could not be made of them; once for each state of theirs. */
  onInvalid(error: TemplateInvalid): void
  /** After `onInvalid`: they can be used again. */
  onValid(): void
}

const POLL_MS = 2_000

/**
 * The texts in force. They are read when this is made, which fails when they are wrong, and again when a file changes:
 * then a wrong state is not taken, and the last good one goes on.
 *
 * Files are looked at, not watched: a mounted directory that is swapped as a whole, and file systems that tell nothing,
 * are noticed as well. A change is read once it has stood still from one look to the next, so that half of a copy is
 * not taken for the whole.
 */
export class TemplateStore implements Texts, Languages, OnApplicationBootstrap, OnModuleDestroy {
  readonly #directory: string
  readonly #logger: Logger
  readonly #pollMs: number
  readonly #shipped: RenderedTexts
  #texts: RenderedTexts
  /** What was seen of the files at the last look, and what was when they were last read. */
  #seen: string
  #read: string
  /** Whether the listener was told that they cannot be used. */
  #invalid = false
  #listener: TemplateListener | undefined
  #timer: NodeJS.Timeout | undefined

  /** @throws TemplateInvalid */
  constructor({ directory, logger, pollMs = POLL_MS }: TemplateStoreOptions) {
    this.#directory = directory ?? shippedDirectory
    this.#logger = logger
    this.#pollMs = pollMs
    // Before they are read: what changes meanwhile is then read again.
    this.#read = this.#seen = this.#state()
    this.#shipped = loadTexts(shippedDirectory)
    this.#texts = directory === undefined ? this.#shipped : loadTexts(directory)
  }

  /** Tells one listener from now on. */
  listen(listener: TemplateListener): void {
    this.#listener = listener
  }

  email(what: ToTell, to: Addressee): EmailText {
    return this.#told((texts) => texts.email(what, to))
  }

  sms(what: ToTell, to: Addressee): string {
    return this.#told((texts) => texts.sms(what, to))
  }

  inbox(what: ToTell, to: Addressee): InboxText {
    return this.#told((texts) => texts.inbox(what, to))
  }

  languageOf(...tags: readonly (string | null)[]): Language {
    return this.#texts.languageOf(...tags)
  }

  /** Begins to look at the files. */
  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#look(), this.#pollMs)
    // It alone keeps no process running.
    this.#timer.unref()
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer)
  }

  /** A message that own texts cannot tell is told in those that are shipped: an alert is not lost over its words. */
  #told<Text>(tell: (texts: Texts) => Text): Text {
    try {
      return tell(this.#texts)
    } catch (error) {
      this.#report(error instanceof TemplateInvalid ? error.within(this.#directory) : new TemplateInvalid({ file: this.#directory }, `a message could not be made: ${toError(error).message}`, { cause: error }), 'A message could not be made of the texts; it is made of those that are shipped')
      if (this.#texts === this.#shipped) throw error
      return tell(this.#shipped)
    }
  }

  #look(): void {
    const state = this.#state()
    const stoodStill = state === this.#seen
    this.#seen = state
    if (!stoodStill || state === this.#read) return
    this.#read = state
    try {
      this.#texts = loadTexts(this.#directory)
    } catch (error) {
      this.#invalid = false
      this.#report(error instanceof TemplateInvalid ? error : new TemplateInvalid({ file: this.#directory }, `cannot be used: ${toError(error).message}`, { cause: error }), 'The texts cannot be used; the last good ones go on')
      return
    }
    this.#logger.info({ directory: this.#directory }, 'The texts were read')
    if (!this.#invalid) return
    this.#invalid = false
    this.#tell((listener) => listener.onValid())
  }

  /** What is seen of the files without reading them. */
  #state(): string {
    try {
      const names = readdirSync(this.#directory).filter(isText).sort()
      return names.map((name) => {
        const { mtimeMs, size, ino } = statSync(join(this.#directory, name))
        return `${name} ${mtimeMs} ${size} ${ino}`
      }).join('\n')
    } catch (error) {
      return `cannot be looked at: ${toError(error).message}`
    }
  }

  #report(error: TemplateInvalid, message: string): void {
    if (this.#invalid) return
    this.#invalid = true
    this.#logger.error({ err: error, code: error.code, directory: this.#directory }, message)
    this.#tell((listener) => listener.onInvalid(error))
  }

  #tell(tell: (listener: TemplateListener) => void): void {
    if (this.#listener === undefined) return
    try {
      tell(this.#listener)
    } catch (error) {
      this.#logger.error({ err: toError(error) }, 'The state of the texts could not be told')
    }
  }
}
