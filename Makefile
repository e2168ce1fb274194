# Go and make are all that run, test and generate need.

GO       ?= go
BOTS     ?= 5
ADDR     ?= 127.0.0.1:8080
DATA     ?= ./data
FUZZTIME ?= 100000x

.DEFAULT_GOAL := help
.PHONY: help run generate check build test race portable lint cross corpus bench bench-quick bench-test bench-micro fuzz clean

help: ## explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build and start the server with a lobby and bots (ADDR, DATA, BOTS)
	@exec ./bin/server -addr $(ADDR) -data $(DATA) -bots $(BOTS)

generate: ## make gen/ from api/
	$(GO) run ./cmd/duet generate
	@$(GO) test ./internal/codegen/golang -run '^TestRegistry$$' -update >/dev/null # lists the types for the differential test

check: ## say whether gen/ is what api/ asks for
	$(GO) run ./cmd/duet check

build: ## build both programs into bin/
	@mkdir -p bin
	$(GO) build -o bin/ ./cmd/...

test: ## run all tests
	$(GO) test ./...

race: ## run all tests with the race detector (needs a C compiler)
	$(GO) test -race ./...

portable: ## run the socket's tests without direct writes, as on Windows and under TLS
	$(GO) test -tags portable ./runtime/... ./internal/ws ./internal/server ./internal/contract/... ./cmd/server

lint: ## go vet, gofmt, staticcheck, and duet lint of the contract
	@unformatted=$$(gofmt -l bench cmd gen internal runtime tools.go); test -z "$$unformatted" || { echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck ./...
	$(GO) run ./cmd/duet lint -strict

cross: ## build for every platform that is supported
	@for target in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do \
		echo "build $$target"; GOOS=$${target%/*} GOARCH=$${target#*/} CGO_ENABLED=0 $(GO) build ./... || exit 1; done

corpus: ## generate from the public documents in ../shared/corpus, build and run it all, print the outcomes
	$(GO) test -count 1 -run TestCorpus ./internal/corpus -v -args -table

bench: ## compare the server with others, in at most 25 minutes (Linux; see bench/README.md)
	cd bench && $(GO) run .

bench-quick: ## the same in two minutes and one round, into bench/out
	cd bench && $(GO) run . -quick

bench-test: ## test the comparison itself
	cd bench && $(GO) vet ./... && $(GO) test ./...

bench-micro: ## measure codecs, fan-out and validated requests
	$(GO) test -run '^$$' -bench . -benchmem -count 5 ./runtime/... ./internal/...

fuzz: ## run every fuzz target, FUZZTIME each (a time such as 1m, or a number of runs)
	@for pkg in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 50x $$pkg || exit 1; done; done

clean: ## remove what was built (not the data)
	rm -rf bin
