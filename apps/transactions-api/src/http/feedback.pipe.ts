import { Injectable, type PipeTransform } from '@nestjs/common'
import { feedbackRequest, type FeedbackRequest } from './feedback-request.js'
import { fieldErrors } from './field-errors.js'
import { feedbackInvalid } from './problems.js'

/** Reads the body as feedback. All its faults are named at once. @throws Problem 422 FEEDBACK_INVALID */
@Injectable()
export class FeedbackPipe implements PipeTransform<unknown, FeedbackRequest> {
  transform(body: unknown): FeedbackRequest {
    const parsed = feedbackRequest.safeParse(body)
    if (!parsed.success) throw feedbackInvalid(fieldErrors(parsed.error.issues, 'feedback'))
    return parsed.data
  }
}
