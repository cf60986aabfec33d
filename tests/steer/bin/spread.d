bin/spread.o: spread.c spread.h endpoint.h clients.h members.h
