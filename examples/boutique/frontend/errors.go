package main

import (
	"gen/parigot"
	cartv1 "gen/shop/cart/v1"
	catalogv1 "gen/shop/catalog/v1"
	checkoutv1 "gen/shop/checkout/v1"
	currencyv1 "gen/shop/currency/v1"
	frontendv1 "gen/shop/frontend/v1"
)

// What the errors of other services mean to a customer.

func cartFailed(code cartv1.CartErr) frontendv1.FrontendErr {
	if code == cartv1.CartErr_BadItem {
		return frontendv1.FrontendErr_BadItem
	}
	return unavailable("cart", code)
}

func catalogFailed(code catalogv1.CatalogErr) frontendv1.FrontendErr {
	if code == catalogv1.CatalogErr_UnknownProduct {
		return frontendv1.FrontendErr_UnknownProduct
	}
	return unavailable("catalog", code)
}

func currencyFailed(code currencyv1.CurrencyErr) frontendv1.FrontendErr {
	if code == currencyv1.CurrencyErr_UnknownCurrency {
		return frontendv1.FrontendErr_UnknownCurrency
	}
	return unavailable("currency", code)
}

func checkoutFailed(code checkoutv1.CheckoutErr) frontendv1.FrontendErr {
	switch code {
	case checkoutv1.CheckoutErr_EmptyCart:
		return frontendv1.FrontendErr_EmptyCart
	case checkoutv1.CheckoutErr_UnknownProduct:
		return frontendv1.FrontendErr_UnknownProduct
	case checkoutv1.CheckoutErr_UnknownCurrency:
		return frontendv1.FrontendErr_UnknownCurrency
	case checkoutv1.CheckoutErr_NotShippable:
		return frontendv1.FrontendErr_NotShippable
	case checkoutv1.CheckoutErr_PaymentRefused:
		return frontendv1.FrontendErr_PaymentRefused
	}
	return unavailable("checkout", code)
}

// unavailable says in the log what the customer is not told.
func unavailable(service string, problem error) frontendv1.FrontendErr {
	parigot.Error("a service failed", "service", service, "problem", problem)
	return frontendv1.FrontendErr_Unavailable
}
