import { Injectable } from '@nestjs/common'
import type { Card, Customer } from '@swipestream/contracts'
import { DataSource } from 'typeorm'
import type { NetChanges } from '../domain/latest.js'
import { storable, storableOrNull } from './storable.js'

const upsertCards = `
  INSERT INTO cards AS known (card_id, customer_id, updated_at)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
  ON CONFLICT (card_id) DO UPDATE SET customer_id = excluded.customer_id, updated_at = excluded.updated_at
  WHERE known.updated_at <= excluded.updated_at`

const upsertCustomers = `
  INSERT INTO customers AS known (customer_id, given_name, email, phone, language, time_zone, channels, quiet_from, quiet_to, updated_at)
  SELECT customer_id, given_name, email, phone, language, time_zone, string_to_array(channels, ','), quiet_from, quiet_to, updated_at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[])
    AS told (customer_id, given_name, email, phone, language, time_zone, channels, quiet_from, quiet_to, updated_at)
  ON CONFLICT (customer_id) DO UPDATE
    SET given_name = excluded.given_name, email = excluded.email, phone = excluded.phone, language = excluded.language,
        time_zone = excluded.time_zone, channels = excluded.channels, quiet_from = excluded.quiet_from,
        quiet_to = excluded.quiet_to, updated_at = excluded.updated_at
  WHERE known.updated_at <= excluded.updated_at`

/** Whose card it is and how they are reached, as the compacted topics told last. */
@Injectable()
export class ContactsRepository {
  constructor(private readonly database: DataSource) {}

  async applyCards({ deleted, upserts }: NetChanges<Card>): Promise<void> {
    await this.apply('DELETE FROM cards WHERE card_id = ANY ($1::text[])', deleted, upsertCards, [
      upserts.map((card) => storable(card.card_id)),
      upserts.map((card) => storable(card.customer_id)),
      upserts.map((card) => card.updated_at),
    ])
  }

  async applyCustomers({ deleted, upserts }: NetChanges<Customer>): Promise<void> {
    await this.apply('DELETE FROM customers WHERE customer_id = ANY ($1::text[])', deleted, upsertCustomers, [
      upserts.map((customer) => storable(customer.customer_id)),
      upserts.map((customer) => storableOrNull(customer.given_name)),
      upserts.map((customer) => address(customer.email)),
      upserts.map((customer) => address(customer.phone)),
      upserts.map((customer) => storable(customer.language)),
      upserts.map((customer) => storable(customer.time_zone)),
      // In one text each: arrays of arrays must all be of one length.
      upserts.map((customer) => customer.channels.join(',')),
      upserts.map((customer) => storableOrNull(customer.quiet_from)),
      upserts.map((customer) => storableOrNull(customer.quiet_to)),
      upserts.map((customer) => customer.updated_at),
    ])
  }

  /** Deletions first: what follows a tombstone replaces what was before it, however old it says it is. */
  private async apply(remove: string, deleted: readonly string[], upsert: string, columns: readonly unknown[][]): Promise<void> {
    await this.database.transaction(async (manager) => {
      if (deleted.length > 0) await manager.query(remove, [deleted.map(storable)])
      if (columns[0]?.length) await manager.query(upsert, [...columns])
    })
  }
}

/** Blank is as good as none: an alert must wait for an address that can be tried. */
function address(text: string | null): string | null {
  return storableOrNull(text?.trim() || null)
}
