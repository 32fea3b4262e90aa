// The design host gets its contexts without this: they have a factory and a constructor without parameters.
Console.WriteLine("noise on the standard output");
return 1;
