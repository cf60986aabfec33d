bin/endpoint.o: endpoint.c endpoint.h
