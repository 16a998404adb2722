// Places many orders, so many at a time, and says how fast that went.
//
//	load [--orders 200] [--parallel 10]
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"gen/parigot"
	catalogv1 "gen/shop/catalog/v1"
	frontendv1 "gen/shop/frontend/v1"
	shopv1 "gen/shop/v1"
)

var orders = flag.Int("orders", 200, "how many orders to place")
var atOnce = flag.Int("parallel", 10, "how many of them are on their way at the same time")

var address = &shopv1.Address{Street: "Hauptstr. 1", Zip: "10827", City: "Berlin", Country: "DE"}
var card = &shopv1.Card{Number: "4432801561520454", Cvv: 123, Year: 2099, Month: 12}

type load struct {
	frontend *frontendv1.FrontendClient
	products []string
	started  int
	begin    time.Time
	took     []time.Duration
	failed   map[string]int
}

func (l *load) run(products []*catalogv1.Product) {
	for _, product := range products {
		l.products = append(l.products, product.Id)
	}
	l.begin = time.Now()
	for range min(*atOnce, *orders) {
		l.next()
	}
}

// next is a customer of its own, who puts two things into the cart and orders them.
func (l *load) next() {
	number := l.started
	l.started++
	customer := fmt.Sprintf("customer-%d", number)
	begin := time.Now()
	failed := func(code frontendv1.FrontendErr) {
		l.failed[code.String()]++
		l.done(begin)
	}
	add := func(which int) *frontendv1.FrontendAddToCartFuture {
		item := &shopv1.Item{Product: l.products[which%len(l.products)], Quantity: 1}
		return l.frontend.AddToCart(&frontendv1.AddToCartRequest{Customer: customer, Item: item}).Failure(failed)
	}
	order := func() {
		l.frontend.Order(&frontendv1.OrderRequest{
			Customer: customer,
			Currency: "EUR",
			Address:  address,
			Email:    customer + "@example.com",
			Card:     card,
		}).Success(func(*frontendv1.OrderResponse) { l.done(begin) }).Failure(failed)
	}
	add(number).Success(func() { add(number + 1).Success(order) })
}

func (l *load) done(begin time.Time) {
	l.took = append(l.took, time.Since(begin))
	if l.started < *orders {
		l.next()
	} else if len(l.took) == *orders {
		l.report(time.Since(l.begin))
	}
}

func (l *load) report(whole time.Duration) {
	slices.Sort(l.took)
	rate := float64(*orders) / whole.Seconds()
	fmt.Printf("%d orders, %d in parallel: %.0f orders/s, p50 %.1f ms, p99 %.1f ms\n",
		*orders, *atOnce, rate, l.percentile(50), l.percentile(99))
	code := 0
	for _, problem := range slices.Sorted(maps.Keys(l.failed)) {
		fmt.Printf("%d failed: %s\n", l.failed[problem], problem)
		code = 1
	}
	parigot.ExitSelf(code)
}

// percentile is the time, in ms, in which so many orders of a hundred were done.
func (l *load) percentile(percent int) float64 {
	at := (len(l.took)*percent+99)/100 - 1
	return float64(l.took[at].Microseconds()) / 1000
}

func main() {
	flag.Parse()
	if *orders < 1 || *atOnce < 1 || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "load: --orders and --parallel take numbers above 0, and there is nothing else")
		os.Exit(2)
	}
	me := parigot.MustInitClient("load", frontendv1.FrontendName, catalogv1.CatalogName)
	parigot.LaunchClient(me).Success(func() {
		l := &load{frontend: frontendv1.MustLocateFrontend(me), failed: map[string]int{}}
		catalogv1.MustLocateCatalog(me).List().Success(func(reply *catalogv1.ListResponse) {
			l.run(reply.Products)
		}).Failure(func(code catalogv1.CatalogErr) {
			parigot.Error("no catalog", "error", code)
			parigot.ExitSelf(1)
		})
	}).Failure(func(code parigot.KernelErr) {
		parigot.Error("not started", "error", code)
		parigot.ExitSelf(1)
	})
	parigot.MustRunClient()
}
