# The commands of this project. Each is a small script in bin/ that says more.
.PHONY: run test lock

run:    ## the whole site on this computer, at http://localhost:8000/ (PORT=8123 make run)
	@bin/python bin/run.py

test:   ## everything that must pass; a part of it: make test ARGS="tests/clinic -k checks"
	@bin/python bin/test.py $(ARGS)

lock:   ## requirements*.in -> requirements*.txt, pinned and with hashes
	@bin/python bin/lock.py $(ARGS)
