// The service shop.checkout.v1.Checkout: turns a cart into an order.
package main

import (
	"fmt"
	"slices"

	"boutique/money"
	"boutique/parallel"
	"gen/parigot"
	cartv1 "gen/shop/cart/v1"
	catalogv1 "gen/shop/catalog/v1"
	checkoutv1 "gen/shop/checkout/v1"
	currencyv1 "gen/shop/currency/v1"
	emailv1 "gen/shop/email/v1"
	paymentv1 "gen/shop/payment/v1"
	shippingv1 "gen/shop/shipping/v1"
	shopv1 "gen/shop/v1"
)

type checkout struct {
	checkoutv1.UnimplementedCheckout
	cart     *cartv1.CartClient
	catalog  *catalogv1.CatalogClient
	currency *currencyv1.CurrencyClient
	shipping *shippingv1.ShippingClient
	payment  *paymentv1.PaymentClient
	email    *emailv1.EmailClient
	orders   int
}

func (c *checkout) Ready(me parigot.ServiceId) bool {
	c.cart = cartv1.MustLocateCart(me)
	c.catalog = catalogv1.MustLocateCatalog(me)
	c.currency = currencyv1.MustLocateCurrency(me)
	c.shipping = shippingv1.MustLocateShipping(me)
	c.payment = paymentv1.MustLocatePayment(me)
	c.email = emailv1.MustLocateEmail(me)
	return true
}

func (c *checkout) PlaceOrder(request *checkoutv1.PlaceOrderRequest) *checkoutv1.CheckoutPlaceOrderFuture {
	p := &placing{checkout: c, request: request, answer: new(checkoutv1.CheckoutPlaceOrderFuture)}
	p.order.Address = request.Address
	p.readCart()
	return p.answer
}

// placing is an order on its way. Each step makes calls; what they bring starts the next step.
type placing struct {
	*checkout
	request *checkoutv1.PlaceOrderRequest
	answer  *checkoutv1.CheckoutPlaceOrderFuture
	items   []*shopv1.Item
	order   shopv1.Order
}

func (p *placing) readCart() {
	p.cart.Get(&cartv1.GetRequest{Customer: p.request.Customer}).Success(func(reply *cartv1.GetResponse) {
		if len(reply.Items) == 0 {
			p.answer.Fail(checkoutv1.CheckoutErr_EmptyCart)
			return
		}
		p.items = reply.Items
		p.lookUp()
	}).Failure(func(code cartv1.CartErr) {
		p.answer.Fail(noOrder("cart", code, checkoutv1.CheckoutErr_DispatchError))
	})
}

// lookUp asks for all products at once.
func (p *placing) lookUp() {
	var asked []*catalogv1.CatalogGetFuture
	for _, item := range p.items {
		asked = append(asked, p.catalog.Get(&catalogv1.GetRequest{Id: item.Product}))
	}
	parallel.All(asked, p.quote, func(code catalogv1.CatalogErr) {
		p.answer.Fail(noOrder(
			"catalog", code, checkoutv1.CheckoutErr_UnknownProduct, catalogv1.CatalogErr_UnknownProduct))
	})
}

func (p *placing) quote(products []*catalogv1.GetResponse) {
	request := &shippingv1.QuoteRequest{Address: p.request.Address, Items: p.items}
	p.shipping.Quote(request).Success(func(reply *shippingv1.QuoteResponse) {
		p.convert(products, reply.Cost)
	}).Failure(p.notShipped)
}

// convert asks for all prices at once in the customer's currency; the last one is that of shipping.
func (p *placing) convert(products []*catalogv1.GetResponse, shipping *shopv1.Money) {
	var asked []*currencyv1.CurrencyConvertFuture
	ask := func(price *shopv1.Money) {
		asked = append(asked, p.currency.Convert(&currencyv1.ConvertRequest{From: price, To: p.request.Currency}))
	}
	for _, reply := range products {
		ask(reply.Product.Price)
	}
	ask(shipping)
	parallel.All(asked, func(prices []*currencyv1.ConvertResponse) {
		p.order.Shipping = money.Round(prices[len(products)].Money)
		p.order.Total = p.order.Shipping
		for at, item := range p.items {
			cost := money.Times(money.Round(prices[at].Money), item.Quantity)
			p.order.Lines = append(p.order.Lines, &shopv1.Line{Item: item, Name: products[at].Product.Name, Cost: cost})
			p.order.Total = money.Add(p.order.Total, cost)
		}
		p.charge()
	}, func(code currencyv1.CurrencyErr) {
		p.answer.Fail(noOrder(
			"currency", code, checkoutv1.CheckoutErr_UnknownCurrency, currencyv1.CurrencyErr_UnknownCurrency))
	})
}

func (p *placing) charge() {
	request := &paymentv1.ChargeRequest{Amount: p.order.Total, Card: p.request.Card}
	p.payment.Charge(request).Success(func(reply *paymentv1.ChargeResponse) {
		p.ship(reply.TransactionId)
	}).Failure(func(code paymentv1.PaymentErr) {
		p.answer.Fail(noOrder(
			"payment", code, checkoutv1.CheckoutErr_PaymentRefused,
			paymentv1.PaymentErr_InvalidCard, paymentv1.PaymentErr_UnacceptedCard,
			paymentv1.PaymentErr_ExpiredCard, paymentv1.PaymentErr_BadAmount))
	})
}

func (p *placing) ship(transaction string) {
	request := &shippingv1.ShipRequest{Address: p.request.Address, Items: p.items}
	p.shipping.Ship(request).Success(func(reply *shippingv1.ShipResponse) {
		p.orders++
		p.order.Id = fmt.Sprintf("order-%06d", p.orders)
		p.order.TrackingId = reply.TrackingId
		p.confirm()
	}).Failure(func(code shippingv1.ShippingErr) {
		parigot.Error("paid, but not shipped", "transaction", transaction)
		p.notShipped(code)
	})
}

// confirm writes to the customer. The order stands, even where the letter does not arrive.
func (p *placing) confirm() {
	request := &emailv1.ConfirmRequest{To: p.request.Email, Order: &p.order}
	p.email.Confirm(request).Success(func(reply *emailv1.ConfirmResponse) {
		p.emptyCart(reply.Text)
	}).Failure(func(code emailv1.EmailErr) {
		parigot.Warn("no confirmation sent", "order", p.order.Id, "error", code)
		p.emptyCart("")
	})
}

func (p *placing) emptyCart(confirmation string) {
	placed := func() {
		parigot.Info("placed an order", "order", p.order.Id, "customer", parigot.Quoted(p.request.Customer))
		p.answer.Succeed(&checkoutv1.PlaceOrderResponse{Order: &p.order, Confirmation: confirmation})
	}
	p.cart.Empty(&cartv1.EmptyRequest{Customer: p.request.Customer}).Success(placed).Failure(func(code cartv1.CartErr) {
		parigot.Warn("the cart is still full", "order", p.order.Id, "error", code)
		placed()
	})
}

func (p *placing) notShipped(code shippingv1.ShippingErr) {
	p.answer.Fail(noOrder(
		"shipping", code, checkoutv1.CheckoutErr_NotShippable,
		shippingv1.ShippingErr_BadAddress, shippingv1.ShippingErr_NothingToShip))
}

// noOrder says in the log which service had which problem with the order, and gives the error for the caller: meaning
// where the problem is one of these, DispatchError where the call as such went wrong.
func noOrder[E interface {
	~int32
	error
}](service string, problem E, meaning checkoutv1.CheckoutErr, these ...E) checkoutv1.CheckoutErr {
	parigot.Warn("no order", "service", service, "problem", problem)
	if slices.Contains(these, problem) {
		return meaning
	}
	return checkoutv1.CheckoutErr_DispatchError
}

func main() {
	checkoutv1.MustRunCheckout(
		&checkout{},
		cartv1.CartName,
		catalogv1.CatalogName,
		currencyv1.CurrencyName,
		shippingv1.ShippingName,
		paymentv1.PaymentName,
		emailv1.EmailName,
	)
}
