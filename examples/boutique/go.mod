module boutique

go 1.24

require gen v0.0.0

replace gen => ./gen/go
