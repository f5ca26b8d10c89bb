import { Injectable, type PipeTransform } from '@nestjs/common'
import { z } from 'zod'
import { transactionIdInvalid } from './problems.js'

const uuid = z.uuid()

/** An id as it is stored: a UUID, lower case. @throws Problem 422 TRANSACTION_ID_INVALID */
@Injectable()
export class TransactionIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!uuid.safeParse(id).success) throw transactionIdInvalid()
    return id.toLowerCase()
  }
}
