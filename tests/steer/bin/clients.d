bin/clients.o: clients.c clients.h endpoint.h
