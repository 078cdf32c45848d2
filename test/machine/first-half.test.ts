import { keepsEveryPromise } from './promises.ts'

keepsEveryPromise(0)
