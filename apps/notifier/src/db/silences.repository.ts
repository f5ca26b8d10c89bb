import { Injectable } from '@nestjs/common'
import type { EntityManager } from 'typeorm'
import type { Silence } from '../domain/silence.js'

@Injectable()
export class SilencesRepository {
  async active(manager: EntityManager): Promise<Silence[]> {
    return await manager.query<Silence[]>('SELECT service, code, subject FROM silences WHERE until > now() AND ended_at IS NULL')
  }
}
