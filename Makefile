# make site    press the collection into dist/ (needs Python 3.12 to 3.14, and the network once)
# make serve   press, serve, and press again whenever a file is saved
# make lint    style and types: ruff, mypy, tsc, eslint
# make check   style, types and quick tests: no browser, no sound, no chain
# make test    every check there is
# make nightly the same tests at full size
# make bench   measure
# make bench-build   measure builds against Hugo, Eleventy, Pelican and staticjinja
# make dist    build wheel and sdist into build/dist/, and check them
# make lock    resolve the dependencies of pyproject.toml; ARGS=--upgrade takes newer ones
# make words   gather the interface's sentences into the catalogues; ARGS=fr begins one for French
# make matrix  take pictures of all templates, in build/matrix/: small, large, light, dark, odd
# make pictures   take the pictures of the README and docs/ anew
# make clean   remove all that make has made
#
# ARGS holds further options of the command that runs: make site ARGS="--without-runtime"

PYTHON = .venv/bin/python
COMPILE = .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.12 \
	--generate-hashes --no-emit-index-url --no-header $(ARGS) pyproject.toml

.PHONY: site serve check test nightly lint bench bench-build dist lock words matrix pictures clean venv venv-dev

site: venv
	$(PYTHON) build.py $(ARGS)

serve: venv
	$(PYTHON) build.py serve $(ARGS)

check: lint
	$(PYTHON) -m pytest -n 2 -m "not (browser or chain or site or slow or sound)" $(ARGS)

# What plays is tested by itself: beside other tests it would have gaps. ARGS may choose none of it.
test: lint
	tools/system.sh
	# Chromium sets its own priority, if it may: what builds is a little nicer.
	nice -n 5 $(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not sound" $(ARGS)
	$(PYTHON) -m pytest -m sound $(ARGS) $(if $(ARGS),|| test $$? -eq 5)

nightly:
	STEMPRESS_NIGHTLY=1 $(MAKE) test

lint: venv-dev node_modules
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	npm run --silent types
	npm run --silent lint
	node --test $(wildcard tests/*/*.test.mjs)

# Not `npm ci`: that wants anvil for every other system as well, which not every index has.
node_modules: package.json package-lock.json
	tools/system.sh npm
	npm install --no-save --no-audit --no-fund --loglevel=error
	touch node_modules

bench: venv-dev
	@set -e; for each in $(basename $(notdir $(wildcard bench/[!_]*.py))); do \
		echo "== $$each"; $(PYTHON) -m bench.$$each; \
	done

bench-build: venv-dev
	test -d .venv/bench || $(PYTHON) -m venv .venv/bench
	.venv/bench/bin/python -m pip install -qq --require-hashes -r bench/build/requirements.txt
	cd bench/build/eleventy && npm ci --no-audit --no-fund --loglevel=error
	$(PYTHON) -m bench.build $(ARGS)

# -P: build.py is not the package build
dist: venv-dev
	rm -rf build/dist
	$(PYTHON) -P -m build --no-isolation --outdir build/dist .
	$(PYTHON) -P -m twine check --strict build/dist/*
	$(PYTHON) -P -m check_wheel_contents build/dist

lock: venv
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install -qq uv
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --output-file requirements-dev.txt
	$(subst pyproject.toml,,$(COMPILE)) --output-file bench/build/requirements.txt bench/build/requirements.in

words: venv
	$(PYTHON) -m stempress.i18n.extract $(ARGS)

matrix: venv-dev
	$(PYTHON) -m tests.support.matrix build/matrix $(ARGS)

pictures: venv-dev
	$(PYTHON) -m tests.support.pictures docs/pictures

clean:
	rm -rf .venv dist .stempress-dist node_modules bench/build/eleventy/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@tools/bootstrap.sh

venv-dev:
	@tools/bootstrap.sh dev
