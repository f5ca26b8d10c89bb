import { Injectable, type PipeTransform } from '@nestjs/common'
import { fieldErrors } from './field-errors.js'
import { listRequest, type ListRequest } from './list-request.js'
import { listInvalid } from './problems.js'

/** Reads the query as what is to be listed. @throws Problem 422 LIST_INVALID */
@Injectable()
export class ListPipe implements PipeTransform<unknown, ListRequest> {
  transform(query: unknown): ListRequest {
    const parsed = listRequest.safeParse(query)
    if (!parsed.success) throw listInvalid(fieldErrors(parsed.error.issues, 'this list', 'query'))
    return parsed.data
  }
}
