import { problemSchema, type ApiDescription } from '@swipestream/platform'
import { z } from 'zod'
import { batchAnswer, lineKey } from './batch-answer.js'
import { lineKeyField } from './batch-lines.js'
import { feedbackRequest } from './feedback-request.js'
import { feedbackView } from './feedback-view.js'
import { swipeRequest } from './swipe-request.js'
import { transactionList } from './transaction-list.js'
import { transactionView } from './transaction-view.js'

/** A line of a batch. All in one object, which takes no other fields: `allOf` could not say that. */
const swipeLine = z.strictObject({ [lineKeyField]: lineKey, ...swipeRequest.shape })

/** What the document says apart from the routes. */
export const transactionsApi = {
  title: 'Swipestream transactions',
  description: 'Takes card payments in to be judged, and tells what was decided about them.',
  types: {
    Swipe: [swipeRequest, 'input'],
    SwipeLine: [swipeLine, 'input'],
    Feedback: [feedbackRequest, 'input'],
    Transaction: [transactionView, 'output'],
    TransactionList: [transactionList, 'output'],
    BatchAnswer: [batchAnswer, 'output'],
    GivenFeedback: [feedbackView, 'output'],
    Problem: [problemSchema, 'output'],
  },
} as const satisfies ApiDescription
