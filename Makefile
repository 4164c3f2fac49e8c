# The commands of this project. Each is a small script in bin/ that says more.
.PHONY: run test lint mutants house faults bench rehearse container backup restore validate screenshots pictures lock audit

run:    ## the whole site on this computer, at http://localhost:8000/ (PORT=8123 make run)
	@bin/python bin/run.py

test:   ## everything that must pass; a part of it: make test ARGS="tests/clinic -k checks"
	@bin/python bin/test.py $(ARGS)

lint:   ## only the checks that read the code: types, imports, templates, style (ARGS="types lint")
	@bin/python bin/test.py --checks $(ARGS)

mutants: ## which small changes of meaning the tests notice (ARGS="--number 300 --seed 2 --only bookings/schedule")
	@bin/python bin/mutants.py $(ARGS)

house:  ## how large the code is, and how it hangs together (ARGS=--time: also how long one test takes)
	@bin/python bin/house.py $(ARGS)

faults: ## kills, restarts, long outages on both databases; writes docs/reliability.md (ARGS="-k smtp")
	@bin/python bin/faults.py $(ARGS)

bench:  ## measures, and writes benchmarks/README.md (ARGS="availability")
	@bin/python bin/bench.py $(ARGS)

rehearse: ## deploy/ as it stands, on this computer (ARGS=machine: its README, on a bare Debian with systemd)
	@bin/python bin/rehearse.py $(ARGS)

container: ## deploy/container built and tried with podman: alone on SQLite, composed on PostgreSQL
	@bin/python bin/container.py

backup: ## one verified file with everything, in var/backups
	@bin/python bin/manage.py backup $(ARGS)

restore: ## the newest backup, or another: make restore ARGS="FILE --force"
	@bin/python bin/manage.py restore $(ARGS)

validate: ## the HTML of every public page through the W3C's checker; needs Java and npm
	@bin/python bin/validate.py $(ARGS)

screenshots: ## every screen at four widths, light, dark and in print: var/screenshots/index.html
	@bin/python bin/screenshots.py $(ARGS)

pictures: ## the pictures in README and docs, made anew
	@bin/python bin/screenshots.py --pictures

lock:   ## requirements*.in -> requirements*.txt, pinned, with hashes (ARGS="--upgrade-package wagtail")
	@for name in requirements requirements-install requirements-dev requirements-shared; do \
	    bin/python bin/install.py uv pip compile --quiet --universal --python-version 3.11 --no-header \
	        --generate-hashes --no-emit-index-url --no-emit-package pillow-heif $(ARGS) $$name.in -o $$name.txt || exit 1; \
	done

audit:  ## known weaknesses in the pinned packages; says so where it could not check
	@bin/python bin/audit.py
