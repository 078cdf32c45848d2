import { setFlagsFromString } from 'node:v8'

// Small machines are the ones that this runs on: a heap that is collected sooner costs a tenth of the speed of bulk work
// and saves a third of the memory. Imported first, before anything is loaded.
setFlagsFromString('--optimize-for-size')
setFlagsFromString('--max-semi-space-size=2')
setFlagsFromString('--min-semi-space-size=1')
