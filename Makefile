.PHONY: test bench lint quickstart sabotage

# Installs what is missing, then gofmt, vet and every test with a real PostgreSQL.
test:
	.ci/test

bench:
	go run ./internal/testkit/cmd/pgrun -- go test -run '^$$' -bench . -benchmem ./...

lint:
	golangci-lint run ./...

quickstart:
	go run ./examples/quickstart

# Proves that the isolation tests notice every guard that is taken away; some minutes.
sabotage:
	.ci/sabotage
