// The service shop.shipping.v1.Shipping: what a parcel costs, and its tracking id.
package main

import (
	"fmt"

	"boutique/money"
	"gen/parigot"
	shippingv1 "gen/shop/shipping/v1"
	shopv1 "gen/shop/v1"
)

// In cents.
const firstPiece = 499
const furtherPiece = 150

type shipping struct {
	shippingv1.UnimplementedShipping
	parcels int
}

func (*shipping) Quote(request *shippingv1.QuoteRequest) *shippingv1.ShippingQuoteFuture {
	answer := new(shippingv1.ShippingQuoteFuture)
	if problem := check(request.Address, request.Items); problem != shippingv1.ShippingErr_NoError {
		return answer.Fail(problem)
	}
	cents := firstPiece + (pieces(request.Items)-1)*furtherPiece
	return answer.Succeed(&shippingv1.QuoteResponse{Cost: money.Dollars(cents)})
}

func (s *shipping) Ship(request *shippingv1.ShipRequest) *shippingv1.ShippingShipFuture {
	answer := new(shippingv1.ShippingShipFuture)
	if problem := check(request.Address, request.Items); problem != shippingv1.ShippingErr_NoError {
		return answer.Fail(problem)
	}
	s.parcels++
	id := trackingId(request.Address.Country, s.parcels)
	parigot.Info("shipped", "tracking", id, "pieces", pieces(request.Items))
	return answer.Succeed(&shippingv1.ShipResponse{TrackingId: id})
}

// check says why these items cannot be sent there; NoError where they can.
func check(address *shopv1.Address, items []*shopv1.Item) shippingv1.ShippingErr {
	if address == nil || address.City == "" || !isCountry(address.Country) {
		return shippingv1.ShippingErr_BadAddress
	}
	if pieces(items) == 0 {
		return shippingv1.ShippingErr_NothingToShip
	}
	return shippingv1.ShippingErr_NoError
}

func isCountry(code string) bool {
	isCapital := func(letter byte) bool { return 'A' <= letter && letter <= 'Z' }
	return len(code) == 2 && isCapital(code[0]) && isCapital(code[1])
}

func pieces(items []*shopv1.Item) (sum int64) {
	for _, item := range items {
		sum += max(0, int64(item.Quantity))
	}
	return sum
}

// trackingId is the country, four characters that reveal most typing errors, and the number of the parcel.
func trackingId(country string, parcel int) string {
	const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" // nothing that looks like 0 or 1
	number := fmt.Sprintf("%06d", parcel)
	check := uint32(2166136261) // FNV-1a
	for _, char := range []byte(country + number) {
		check = (check ^ uint32(char)) * 16777619
	}
	var letters [4]byte
	for at := range letters {
		letters[at] = alphabet[check>>(5*at)%32]
	}
	return country + "-" + string(letters[:]) + "-" + number
}

func main() { shippingv1.MustRunShipping(&shipping{}) }
