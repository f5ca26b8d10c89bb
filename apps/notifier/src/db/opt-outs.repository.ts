import { Injectable } from '@nestjs/common'
import type { EntityManager } from 'typeorm'

/** Numbers that sent STOP: they are no way to their customer until they send START. */
@Injectable()
export class OptOutsRepository {
  async add(manager: EntityManager, phone: string): Promise<void> {
    await manager.query('INSERT INTO opt_outs (phone) VALUES ($1) ON CONFLICT DO NOTHING', [phone])
  }

  async remove(manager: EntityManager, phone: string): Promise<void> {
    await manager.query('DELETE FROM opt_outs WHERE phone = $1', [phone])
  }

  async has(manager: EntityManager, phone: string): Promise<boolean> {
    return (await manager.query<unknown[]>('SELECT 1 FROM opt_outs WHERE phone = $1', [phone])).length > 0
  }
}
