import { Injectable } from '@nestjs/common'
import { uuidv7 } from '@swipestream/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import type { Silencing } from '../domain/silence.js'

/** What keeps ops alerts from being sent for a while. */
export interface Silence extends Silencing {
  readonly id: string
  readonly until: Date
  readonly comment: string
  readonly created_by: string
  readonly created_at: Date
  /** When it was ended before its time; null when it was not. */
  readonly ended_at: Date | null
}

export type NewSilence = Pick<Silence, 'service' | 'code' | 'subject' | 'until' | 'comment' | 'created_by'>

/** Listed at most, of those that are over. */
const mostListed = 500

@Injectable()
export class SilencesRepository {
  constructor(private readonly database: DataSource) {}

  async add({ service, code, subject, until, comment, created_by }: NewSilence): Promise<Silence> {
    const [silence] = await this.database.query<[Silence]>(
      'INSERT INTO silences (id, service, code, subject, until, comment, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *',
      [uuidv7(), service, code, subject, until, comment, created_by],
    )
    return silence
  }

  /**
   * Those that hold, oldest first.
   *
   * @param now milliseconds since the epoch
   * @param manager of the transaction in which they are applied
   */
  async active(now: number, manager: EntityManager = this.database.manager): Promise<Silence[]> {
    return await manager.query<Silence[]>('SELECT * FROM silences WHERE ended_at IS NULL AND until > $1 ORDER BY created_at, id', [new Date(now)])
  }

  /** All there have been, newest first; 500 at most. */
  async all(): Promise<Silence[]> {
    return await this.database.query<Silence[]>('SELECT * FROM silences ORDER BY created_at DESC, id DESC LIMIT $1', [mostListed])
  }

  /** Ends a silence that holds; one that is over stays as it is. Undefined when there is none of this id. */
  async end(id: string): Promise<Silence | undefined> {
    const [[silence]] = await this.database.query<[Silence[], number]>(
      'UPDATE silences SET ended_at = CASE WHEN ended_at IS NULL AND until > now() THEN now() ELSE ended_at END WHERE id = $1 RETURNING *',
      [id],
    )
    return silence
  }
}
