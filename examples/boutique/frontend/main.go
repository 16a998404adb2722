// The service shop.frontend.v1.Frontend: what a customer sees of the shop.
package main

import (
	"boutique/money"
	"boutique/parallel"
	"gen/parigot"
	adv1 "gen/shop/ad/v1"
	cartv1 "gen/shop/cart/v1"
	catalogv1 "gen/shop/catalog/v1"
	checkoutv1 "gen/shop/checkout/v1"
	currencyv1 "gen/shop/currency/v1"
	frontendv1 "gen/shop/frontend/v1"
	recommendationv1 "gen/shop/recommendation/v1"
)

type frontend struct {
	frontendv1.UnimplementedFrontend
	ad             *adv1.AdClient
	cart           *cartv1.CartClient
	catalog        *catalogv1.CatalogClient
	checkout       *checkoutv1.CheckoutClient
	currency       *currencyv1.CurrencyClient
	recommendation *recommendationv1.RecommendationClient
}

func (f *frontend) Ready(me parigot.ServiceId) bool {
	f.ad = adv1.MustLocateAd(me)
	f.cart = cartv1.MustLocateCart(me)
	f.catalog = catalogv1.MustLocateCatalog(me)
	f.checkout = checkoutv1.MustLocateCheckout(me)
	f.currency = currencyv1.MustLocateCurrency(me)
	f.recommendation = recommendationv1.MustLocateRecommendation(me)
	return true
}

func (f *frontend) Home(request *frontendv1.HomeRequest) *frontendv1.FrontendHomeFuture {
	answer := new(frontendv1.FrontendHomeFuture)
	page := new(frontendv1.HomeResponse)
	fail := func(code frontendv1.FrontendErr) { answer.Fail(code) }
	f.catalog.List().Success(func(reply *catalogv1.ListResponse) {
		f.show(reply.Products, request.Currency, func(shown []*frontendv1.Shown) {
			page.Products = shown
			f.readCart(request.Customer, func(cart *cartv1.GetResponse) {
				for _, item := range cart.Items {
					page.CartSize += item.Quantity
				}
				f.advert(nil, func(text string) {
					page.Advert = text
					answer.Succeed(page)
				})
			}, fail)
		}, fail)
	}).Failure(func(code catalogv1.CatalogErr) { fail(catalogFailed(code)) })
	return answer
}

func (f *frontend) ViewProduct(request *frontendv1.ViewProductRequest) *frontendv1.FrontendViewProductFuture {
	answer := new(frontendv1.FrontendViewProductFuture)
	page := new(frontendv1.ViewProductResponse)
	fail := func(code frontendv1.FrontendErr) { answer.Fail(code) }
	f.products([]string{request.Product}, func(products []*catalogv1.Product) {
		product := products[0]
		page.Description = product.Description
		f.recommend(request, func(recommended []*catalogv1.Product) {
			f.show(append(products, recommended...), request.Currency, func(shown []*frontendv1.Shown) {
				page.Product, page.Recommended = shown[0], shown[1:]
				f.advert(product.Categories, func(text string) {
					page.Advert = text
					answer.Succeed(page)
				})
			}, fail)
		}, fail)
	}, fail)
	return answer
}

func (f *frontend) AddToCart(request *frontendv1.AddToCartRequest) *frontendv1.FrontendAddToCartFuture {
	answer := new(frontendv1.FrontendAddToCartFuture)
	fail := func(code frontendv1.FrontendErr) { answer.Fail(code) }
	item := request.Item
	if item == nil || item.Quantity <= 0 {
		return answer.Fail(frontendv1.FrontendErr_BadItem)
	}
	f.products([]string{item.Product}, func([]*catalogv1.Product) {
		f.cart.Add(&cartv1.AddRequest{Customer: request.Customer, Item: item}).Success(func() {
			answer.Succeed()
		}).Failure(func(code cartv1.CartErr) { fail(cartFailed(code)) })
	}, fail)
	return answer
}

func (f *frontend) Order(request *frontendv1.OrderRequest) *frontendv1.FrontendOrderFuture {
	answer := new(frontendv1.FrontendOrderFuture)
	f.checkout.PlaceOrder(&checkoutv1.PlaceOrderRequest{
		Customer: request.Customer,
		Currency: request.Currency,
		Address:  request.Address,
		Email:    request.Email,
		Card:     request.Card,
	}).Success(func(reply *checkoutv1.PlaceOrderResponse) {
		answer.Succeed(&frontendv1.OrderResponse{Order: reply.Order, Confirmation: reply.Confirmation})
	}).Failure(func(code checkoutv1.CheckoutErr) { answer.Fail(checkoutFailed(code)) })
	return answer
}

type failure = func(frontendv1.FrontendErr)

// products looks up all of these at once.
func (f *frontend) products(ids []string, done func([]*catalogv1.Product), fail failure) {
	var asked []*catalogv1.CatalogGetFuture
	for _, id := range ids {
		asked = append(asked, f.catalog.Get(&catalogv1.GetRequest{Id: id}))
	}
	parallel.All(asked, func(replies []*catalogv1.GetResponse) {
		var products []*catalogv1.Product
		for _, reply := range replies {
			products = append(products, reply.Product)
		}
		done(products)
	}, func(code catalogv1.CatalogErr) { fail(catalogFailed(code)) })
}

// show converts all prices at once.
func (f *frontend) show(
	products []*catalogv1.Product, currency string, done func([]*frontendv1.Shown), fail failure,
) {
	var asked []*currencyv1.CurrencyConvertFuture
	for _, product := range products {
		asked = append(asked, f.currency.Convert(&currencyv1.ConvertRequest{From: product.Price, To: currency}))
	}
	parallel.All(asked, func(replies []*currencyv1.ConvertResponse) {
		var shown []*frontendv1.Shown
		for at, product := range products {
			price := money.Round(replies[at].Money)
			shown = append(shown, &frontendv1.Shown{Id: product.Id, Name: product.Name, Price: price})
		}
		done(shown)
	}, func(code currencyv1.CurrencyErr) { fail(currencyFailed(code)) })
}

func (f *frontend) readCart(customer string, done func(*cartv1.GetResponse), fail failure) {
	f.cart.Get(&cartv1.GetRequest{Customer: customer}).Success(done).
		Failure(func(code cartv1.CartErr) { fail(cartFailed(code)) })
}

// recommend finds what goes with the product and with what is in the cart already.
func (f *frontend) recommend(
	request *frontendv1.ViewProductRequest, done func([]*catalogv1.Product), fail failure,
) {
	f.readCart(request.Customer, func(cart *cartv1.GetResponse) {
		known := []string{request.Product}
		for _, item := range cart.Items {
			known = append(known, item.Product)
		}
		f.recommendation.Recommend(&recommendationv1.RecommendRequest{Products: known}).
			Success(func(reply *recommendationv1.RecommendResponse) { f.products(reply.Products, done, fail) }).
			Failure(func(code recommendationv1.RecommendationErr) { fail(unavailable("recommendation", code)) })
	}, fail)
}

// advert finds an advertisement; a page without one is a page, too.
func (f *frontend) advert(categories []string, done func(text string)) {
	f.ad.Get(&adv1.GetRequest{Context: categories}).Success(func(reply *adv1.GetResponse) {
		if len(reply.Adverts) == 0 {
			done("")
			return
		}
		done(reply.Adverts[0].Text)
	}).Failure(func(code adv1.AdErr) {
		parigot.Warn("no advertisement", "error", code)
		done("")
	})
}

func main() {
	frontendv1.MustRunFrontend(
		&frontend{},
		adv1.AdName,
		cartv1.CartName,
		catalogv1.CatalogName,
		checkoutv1.CheckoutName,
		currencyv1.CurrencyName,
		recommendationv1.RecommendationName,
	)
}
