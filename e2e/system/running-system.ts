/** The whole system, however it was started, as those meet it who come to it from outside. */
export interface RunningSystem {
  readonly urls: {
    readonly api: string
    readonly rules: string
    /** The page of the SMS that were sent. */
    readonly sms: string
  }
  readonly keys: { readonly api: string; readonly rules: string }
  /** Subjects of the e-mails to an address, or of those that name a merchant. */
  mails(which: { readonly to: string } | { readonly merchant: string }): Promise<string[]>
  /** What a query of Elasticsearch finds in all data streams of logs, a hundred documents at the most. */
  logs(query: unknown): Promise<LogDocument[]>
  /** Plays the story to it; gives what was printed. @throws Error when something did not come out as told */
  story(): Promise<string>
  /** A statement in the bank's database, as the bank's own system. */
  atBank(statement: string): Promise<void>
  /** Loads what is left into the warehouse, and asks it some of its questions; rows, by question. */
  answers(...questions: readonly string[]): Promise<Readonly<Record<string, unknown>>[][]>
  /** Ends a server or service in order, and starts it again; when it is ready is not waited for. */
  restart(name: string): Promise<void>
  /** Resolves when all of it is healthy. */
  healthy(): Promise<void>
}

/** A document of the index, as far as it is looked at here. */
export interface LogDocument {
  readonly service: { readonly name: string }
  readonly url: { readonly path: string }
  readonly http: { readonly request: { readonly method: string }; readonly response: { readonly status_code: number } }
}
