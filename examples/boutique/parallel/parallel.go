// Package parallel waits for several calls at once.
package parallel

import "gen/parigot"

// All calls done once every future has its result, with the results in the order of the futures; or failed, once, with
// the first error.
func All[T any, E ~int32](futures []*parigot.MethodFuture[T, E], done func([]*T), failed func(E)) {
	results := make([]*T, len(futures))
	missing := len(futures)
	if missing == 0 {
		done(results)
		return
	}
	over := false
	for at, future := range futures {
		future.Success(func(result *T) {
			results[at] = result
			missing--
			if missing == 0 {
				done(results)
			}
		}).Failure(func(code E) {
			if !over {
				over = true
				failed(code)
			}
		})
	}
}
